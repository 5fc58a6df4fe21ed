import type { Entity } from '../../core/entities.ts';

/** A resource with a history, and the name of its key in its path. */
export interface Tracked {
  entity: Entity;
  /** Path of the resources, such as `/v1/projects`. */
  path: string;
  tag: string;
  key: string;
  /** The parent whose `id` is in the path, and the field that refers to it; with an example of such an id. */
  under?: { entity: Entity; field: string; example: string } | undefined;
  /** The access needed to read it. */
  readers: 'read' | 'administer';
  /** An example of its key, for the document. */
  example: string;
}
