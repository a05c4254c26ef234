/** What getting ready needs: a bundle of its own, loaded when a command or a deploy first asks for it. */
export { findCli } from '../../../modal/interpreter.ts';
export { installCli } from './installCli.ts';
export { SignInFlow } from './signInFlow.ts';
export { switchAccount } from './switchAccount.ts';
export { switchEnvironment } from './switchEnvironment.ts';
export { switchProfile } from './switchProfile.ts';
