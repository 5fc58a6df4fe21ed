/** The features' contributions, such as messages, which every process of the service loads. */
import '../../src/contributions.ts';
