import { defineConfig } from 'drizzle-kit';

/** `npm run db:generate` runs drizzle-kit once per engine over the one definition in src/database/tables.ts. */
const engine = process.env.ENGINE === 'postgres' ? 'postgres' : 'sqlite';

export default defineConfig({
  dialect: engine === 'postgres' ? 'postgresql' : 'sqlite',
  schema: `./migrations/schema.${engine}.ts`,
  out: `./migrations/${engine}`,
});
