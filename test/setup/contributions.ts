/**
 * What the features contribute, such as their messages: every process that is one of the service's has it.
 */
import '../../src/contributions.ts';
