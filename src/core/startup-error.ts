/** The service cannot start, or a command cannot run; the message is one line for the operator. */
export class StartupError extends Error {}
