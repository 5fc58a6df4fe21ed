/** Texts in both languages. */
export type Language = 'en' | 'zh';

export interface Message {
  en: string;
  zh: string;
}

/** A parameter of a message: the same in both languages, or one for each. */
export type MessageValue = string | number | Message;

/** Replaces the `{x}` of a message by their values. */
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
