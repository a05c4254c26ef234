/** Getting ready: loaded when a command or a deploy first asks for it. */
export { findCli } from '../../modal/interpreter.ts';
export { installCli } from './ui/installCli.ts';
export { SignInFlow } from './ui/signInFlow.ts';
export { switchAccount } from './ui/switchAccount.ts';
export { switchEnvironment } from './ui/switchEnvironment.ts';
export { switchProfile } from './ui/switchProfile.ts';
