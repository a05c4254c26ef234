/** Loaded with the first Python file that names modal. */
export { Doctor } from './ui/doctor.ts';
