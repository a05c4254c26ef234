import { argumentForms } from './argumentForms.ts';
import type { Form } from './form.ts';
import { nameForms } from './nameForms.ts';

/** The forms that only changed their name or went away. Releases: each form was run with eight of them. */
export const forms: readonly Form[] = [...argumentForms, ...nameForms];
