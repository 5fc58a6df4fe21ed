import countries from './data/countries.json' with { type: 'json' };

const codes = new Set(countries.map(({ code }) => code));

/** Whether this is a country code of ISO 3166-1 alpha-2. */
export const isCountry = (code: string): boolean => codes.has(code);

/** The names of countries by code. */
export const countryNames = new Map(countries.map(({ code, name, nameEn }) => [code, { name, nameEn }]));
