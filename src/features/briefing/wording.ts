/** Builds sentences from facts: a wording applies if all its facts exist. */
import type { Language } from '../../core/languages.ts';
import type { Definition } from './definitions.ts';

/** What is printed of a figure: its value, or a lower bound. */
export const comparators = ['exact', 'more_than', 'at_least'] as const;

/** A figure as printed in the text, with its meaning. */
export interface Figure {
  name: string;
  unit: string;
  /** As the measure gives it. */
  value: unknown;
  comparator: (typeof comparators)[number];
  printed: string;
  definition: Definition;
  /** The address of what makes it up; null where nothing does, such as a day. */
  link: string | null;
}

export const namedKinds = ['event', 'city', 'project', 'cluster', 'enterprise', 'term'] as const;

/** What a text calls by its name. */
export interface Named {
  kind: (typeof namedKinds)[number];
  printed: string;
  link: string | null;
}

/** What can be said in one place of a sentence. */
export interface Fact {
  text: string;
  figures: readonly Figure[];
  names: readonly Named[];
  /** How many it speaks of, for English to choose between singular and plural. */
  number: number;
  /** Whether English puts "the" before it. */
  titled?: boolean;
}

/** The name in a language; in Chinese where there is no other. On one line, whatever was recorded. */
export const nameIn = (
  { name, nameEn }: { name: string; nameEn: string | null },
  language: Language,
): string => ((language === 'en' && nameEn) || name).replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();

export type Told = Omit<Figure, 'printed' | 'comparator'> & { comparator?: Figure['comparator'] };

export const figureFact = (text: string, number: number, told: Told): Fact => ({
  text,
  figures: [{ ...told, comparator: told.comparator ?? 'exact', printed: text }],
  names: [],
  number,
});

export const namedFact = (named: Named): Fact => ({
  text: named.printed,
  figures: [],
  names: [named],
  number: 1,
});

const ARTICLE = /^(the|an?) /i;

/**
 * What is called by a title, as an event or a cluster is, and an enterprise is not: its English name takes "the",
 * unless it begins with an article of its own. Without an English name there is none.
 */
export function titledFact(
  named: Omit<Named, 'printed'>,
  names: { name: string; nameEn: string | null },
  language: Language,
): Fact {
  const printed = nameIn(names, language);
  const titled = language === 'en' && !!names.nameEn && !ARTICLE.test(printed);
  return { ...namedFact({ ...named, printed }), titled };
}

/** By the name that wordings call them by. What is unknown, or zero, is not among them. */
export type Facts = ReadonlyMap<string, Fact>;

/**
 * One way to say something, in both languages. `{name}` is the text of a fact, `{name:is|are}` chooses by its number.
 */
export interface Wording {
  zh: string;
  en: string;
  /** Facts without which it is not said, though it does not print them. */
  needs?: readonly string[];
}

/** Ways to say something, the best first: the first is said of which all facts are there. */
export type Clause = readonly Wording[];

/** A sentence: what opens it, and clauses, each said or left out. Without any clause it is not said. */
export interface Sentence {
  code: string;
  opening?: Clause;
  clauses: readonly Clause[];
}

/** A sentence that is said. */
export interface Said {
  code: string;
  text: string;
  figures: Figure[];
  names: Named[];
}

const PLACE = /\{([\w.]+)(?::([^{}|]*)\|([^{}|]*))?\}/g;

/** The facts that a wording needs in a language. */
export const factsOf = ({ needs = [], ...wording }: Wording, language: Language): string[] => [
  ...needs,
  ...[...wording[language].matchAll(PLACE)].map(([, name = '']) => name),
];

function sayable(clause: Clause, facts: Facts, language: Language): string | undefined {
  return clause.find((wording) => factsOf(wording, language).every((name) => facts.has(name)))?.[language];
}

/** Between clauses, before the last, and after it. */
const marks: Readonly<Record<Language, { between: string; last: string; end: string }>> = {
  zh: { between: '；', last: '；', end: '。' },
  en: { between: '; ', last: '; and ', end: '.' },
};

/** What a sentence says, if it says anything. */
export function say(sentence: Sentence, facts: Facts, language: Language): Said | undefined {
  const clauses = sentence.clauses
    .map((clause) => sayable(clause, facts, language))
    .filter((text) => text !== undefined);
  if (clauses.length === 0) return undefined;
  const { between, last, end } = marks[language];
  const opening = sayable(sentence.opening ?? [], facts, language) ?? '';
  const template = clauses.reduce((text, clause, i) =>
    [text, clause].join(i === clauses.length - 1 ? last : between),
  );
  const figures: Figure[] = [];
  const names: Named[] = [];
  const fill = (_: string, name: string, one: string | undefined, many: string, at: number): string => {
    const fact = facts.get(name) as Fact;
    if (one !== undefined) return fact.number === 1 ? one : many;
    figures.push(...fact.figures);
    names.push(...fact.names);
    if (!fact.titled) return fact.text;
    return `${at === 0 ? 'The' : 'the'} ${fact.text}`;
  };
  const text = `${opening}${template}`.replace(PLACE, fill);
  // A name may bring the full stop of an abbreviation with it.
  return { code: sentence.code, text: text.endsWith(end) ? text : `${text}${end}`, figures, names };
}

/** Sentences as a paragraph. */
export const paragraphOf = (sentences: readonly Pick<Said, 'text'>[], language: Language): string =>
  sentences.map(({ text }) => text).join(language === 'en' ? ' ' : '');
