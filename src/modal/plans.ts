import { ModalError } from '../domain/errors.ts';

/** Calls that Modal offers on some plans only, with how a user names them. */
const gated = {
  rollback: { feature: 'Rollback', plans: 'Team or Enterprise', otherwise: 'the app must be deployed' },
} as const;

export type GatedCall = keyof typeof gated;

/**
 * Adds to a refusal which plan the call needs; other failures stay as they are.
 *
 * A plan that is too small is refused as `forbidden`. Some servers say `conflict` (a failed precondition) instead, which
 * can also mean the state of the app, so those words say both.
 */
export function withPlan(call: GatedCall, error: ModalError): ModalError {
  const { feature, plans, otherwise } = gated[call];
  const options = { cause: error, ...(error.detail === undefined ? {} : { detail: error.detail }) };
  switch (error.kind) {
    case 'forbidden':
      return new ModalError(
        'forbidden',
        `${feature} needs Modal's ${plans} plan, and a role that may deploy. Ask an owner of the workspace, or deploy the older code again.`,
        options,
      );
    case 'conflict':
      return new ModalError(
        'conflict',
        `${error.message.replace(/\.?$/, '.')} ${feature} needs Modal's ${plans} plan, and ${otherwise}.`,
        options,
      );
    default:
      return error;
  }
}
