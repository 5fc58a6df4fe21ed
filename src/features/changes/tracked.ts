import type { Entity } from '../../core/entities.ts';

/** A resource that has a history, and the name of its key in its path. */
export interface Tracked {
  entity: Entity;
  /** Where its resources are, such as `/v1/projects`. */
  path: string;
  tag: string;
  key: string;
  /** What it is part of, by which field, where that is in its path as `id`; and an example of such an id. */
  under?: { entity: Entity; field: string; example: string } | undefined;
  /** Who may read it. */
  readers: 'read' | 'administer';
  /** A key, for the document. */
  example: string;
}
