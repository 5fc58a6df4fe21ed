import { expect, it } from 'vitest';
import { mostConnections } from '../../src/http/overload.ts';

it.each([
  [20_000, 19_744],
  [1_024, 768],
  [512, 256],
  [300, 150],
])('%i file descriptors leave %i for connections', (files, connections) => {
  expect(mostConnections(files)).toBe(connections);
});
