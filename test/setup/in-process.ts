/** For the projects that are to be quick: a test that starts a process belongs to another, and is told so. */
import { ChildProcess } from 'node:child_process';

(ChildProcess.prototype as unknown as { spawn(): never }).spawn = () => {
  throw new Error('This test starts a process: its file has to be named *.process.test.ts.');
};
