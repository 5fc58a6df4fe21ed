/** Texts in both languages. */
export type Language = 'en' | 'zh';

export interface Message {
  en: string;
  zh: string;
}

/** A parameter of a message: the same in both languages, or one for each. */
export type MessageValue = string | number | Message;

/** Replaces the `{x}` of a message by their values, and `{x:one|many}` by the word that goes with the number. */
export function say(
  message: Message,
  language: Language,
  values: Readonly<Record<string, MessageValue>> = {},
): string {
  return message[language].replace(/\{(\w+)(?::([^{}|]*)\|([^{}]*))?\}/g, (whole, name, one, many) => {
    const value = values[name];
    if (value === undefined) return whole;
    if (one !== undefined) return value === 1 ? one : many;
    return typeof value === 'object' ? value[language] : String(value);
  });
}
