#!/usr/bin/env node
/**
 * `luodi serve | migrate | demo | keys | import | mapping | export | verify | backup | restore | copy |
 * prove | openapi`: thin commands over the services.
 */
import module from 'node:module';
import { join } from 'node:path';

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 22) {
  // Checked before the database driver is loaded, which would end the process without a message.
  process.stderr.write(`luodi: needs Node.js 22.18 or later, this is ${process.version}\n`);
  process.exit(1);
}

// Caches compiled code beside the bundle if that is writable, which makes the next start faster.
if (import.meta.filename.endsWith('.js')) module.enableCompileCache(join(import.meta.dirname, 'compiled'));

const { run } = await import('./commands/program.ts');
await run(process.argv);
