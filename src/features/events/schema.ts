/** API schemas of events. */
import * as z from 'zod';
import type { Catalogue } from '../../catalogues/catalogue.ts';
import { inputSchemas } from '../../catalogues/input-schemas.ts';
import { day, line, paragraph, slug, soughtLine, year } from '../../http/fields.ts';
import { eventSheet } from './sheet.ts';

const fields = {
  code: slug.meta({ description: 'Human-readable code of the edition.', examples: ['hyrd-2022'] }),
  name: line(200).meta({ description: 'Name in Chinese.' }),
  nameEn: line(200).nullable().meta({ description: 'Name in English.' }),
  series: line(100).nullable().meta({ description: 'The series to which the edition belongs.' }),
  edition: year.nullable().meta({ description: 'Year of the edition.' }),
  hostCity: line(100).nullable(),
  startsOn: day,
  endsOn: day,
  note: paragraph(2_000).nullable(),
};

const example = {
  code: 'hyrd-2022',
  name: '2022年沪洽周',
  nameEn: '2022 Hunan–Yangtze River Delta week',
  series: 'hyrd',
  edition: 2022,
  hostCity: '上海',
  startsOn: '2022-11-03',
  endsOn: '2022-11-08',
  note: null,
};

export const Event = z.object(fields).meta({
  id: 'Event',
  description: 'An edition of a series of trade events.',
  examples: [example],
});

export const events: Catalogue = {
  entity: 'events',
  sheet: eventSheet,
  key: 'code',
  item: Event,
  ...inputSchemas('Event', fields, ['code', 'name', 'startsOn', 'endsOn'], example, 'name', {
    code: 'example-2022',
    name: '示例活动',
    nameEn: 'Example event',
    series: null,
  }),
  columns: Object.keys(fields),
  references: {},
  referencedBy: [
    { by: 'projects', table: 'projects', column: 'event' },
    { by: 'delegations', table: 'delegations', column: 'event' },
    { by: 'delegations', table: 'delegations', column: 'forEvent' },
    { by: 'contacts', table: 'contacts', column: 'event' },
    { by: 'published_figures', table: 'publishedFigures', column: 'event' },
  ],
  sortedBy: ['name', 'startsOn'],
  filters: {
    series: soughtLine(100).optional().meta({ description: 'Editions of this series.', example: 'hyrd' }),
  },
  rules: ({ startsOn, endsOn }) =>
    typeof startsOn === 'string' && typeof endsOn === 'string' && endsOn < startsOn
      ? [{ pointer: '/endsOn', code: 'ends_before_start' }]
      : [],
};
