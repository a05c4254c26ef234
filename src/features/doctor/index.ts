/** What the rest of the extension uses of doctor; all else is its own. */
export { DoctorStarter } from './ui/startDoctor.ts';
