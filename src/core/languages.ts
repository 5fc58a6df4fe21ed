/** Texts in both languages. */
export type Language = 'en' | 'zh';

export interface Message {
  en: string;
  zh: string;
}

/** A value for a message: the same in every language, or one for each. */
export type MessageValue = string | number | Message;

/** Fills the `{x}` of a message. */
export function say(
  message: Message,
  language: Language,
  values: Readonly<Record<string, MessageValue>> = {},
): string {
  return message[language].replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === 'object' ? value[language] : String(value);
  });
}
