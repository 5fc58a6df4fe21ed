#!/usr/bin/env node
/** `luodi serve | migrate | demo | openapi`: thin commands over the services. */

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 22) {
  // Said before the database driver is loaded, which would end the process without a word.
  process.stderr.write(`luodi: needs Node.js 22.18 or later, this is ${process.version}\n`);
  process.exit(1);
}

const { run } = await import('./commands.ts');
await run(process.argv);

export {};
