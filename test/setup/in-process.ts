/** For fast test projects: refuses to start processes; tests that need one belong to another project. */
import { ChildProcess } from 'node:child_process';

(ChildProcess.prototype as unknown as { spawn(): never }).spawn = () => {
  throw new Error('This test starts a process: its file has to be named *.process.test.ts.');
};
