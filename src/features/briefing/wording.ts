/** Builds sentences from facts: a wording applies if all its facts exist. */
import type { Language } from '../../core/languages.ts';
import type { Definition } from './definitions.ts';

/** How to print a figure: its value, or a lower bound. */
export const comparators = ['exact', 'more_than', 'at_least'] as const;

/** A figure as printed in the text, with its meaning. */
export interface Figure {
  name: string;
  unit: string;
  /** In the form of the measure. */
  value: unknown;
  comparator: (typeof comparators)[number];
  printed: string;
  definition: Definition;
  /** Link to the data behind it; null if there is none, as for a day. */
  link: string | null;
}

export const namedKinds = ['event', 'city', 'project', 'cluster', 'enterprise', 'term'] as const;

/** A named resource in a text. */
export interface Named {
  kind: (typeof namedKinds)[number];
  printed: string;
  link: string | null;
}

/** The text for one placeholder of a sentence. */
export interface Fact {
  text: string;
  figures: readonly Figure[];
  names: readonly Named[];
  /** The quantity, which selects singular or plural in English. */
  number: number;
  /** Whether English puts "the" before it. */
  titled?: boolean;
}

/** The name in a language; falls back to Chinese. Always on one line, whatever is stored. */
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
 * Something with a title, like an event or a cluster, but not an enterprise: its English name is preceded by
 * "the", unless it has an article of its own. Without an English name, no article is added.
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

/** Facts by their names in wordings. Unknown and zero facts are left out. */
export type Facts = ReadonlyMap<string, Fact>;

/** One wording in both languages. `{name}` is the text of a fact, `{name:is|are}` chooses by its number. */
export interface Wording {
  zh: string;
  en: string;
  /** Facts that are required although they are not printed. */
  needs?: readonly string[];
}

/** Alternative wordings, the best first: the first one whose facts all exist is used. */
export type Clause = readonly Wording[];

/** A sentence: an opening and optional clauses. It is dropped if no clause applies. */
export interface Sentence {
  code: string;
  opening?: Clause;
  clauses: readonly Clause[];
}

/** A rendered sentence. */
export interface Said {
  code: string;
  text: string;
  figures: Figure[];
  names: Named[];
}

const PLACE = /\{([\w.]+)(?::([^{}|]*)\|([^{}|]*))?\}/g;

/** The facts required by a wording in a language. */
export const factsOf = ({ needs = [], ...wording }: Wording, language: Language): string[] => [
  ...needs,
  ...[...wording[language].matchAll(PLACE)].map(([, name = '']) => name),
];

function sayable(clause: Clause, facts: Facts, language: Language): string | undefined {
  return clause.find((wording) => factsOf(wording, language).every((name) => facts.has(name)))?.[language];
}

/** Separators between clauses and before the last one, and the end mark. */
const marks: Readonly<Record<Language, { between: string; last: string; end: string }>> = {
  zh: { between: '；', last: '；', end: '。' },
  en: { between: '; ', last: '; and ', end: '.' },
};

/** Renders a sentence, if anything of it applies. */
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
  // A name may end with the full stop of an abbreviation.
  return { code: sentence.code, text: text.endsWith(end) ? text : `${text}${end}`, figures, names };
}

/** Joins sentences into a paragraph. */
export const paragraphOf = (sentences: readonly Pick<Said, 'text'>[], language: Language): string =>
  sentences.map(({ text }) => text).join(language === 'en' ? ' ' : '');
