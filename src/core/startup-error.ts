/** The service cannot start, or a command cannot be carried out; the message is one line for the operator. */
export class StartupError extends Error {}
