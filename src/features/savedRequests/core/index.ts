/** What other features use of savedRequests without the editor. */
export { RecordedSender } from './recordedSender.ts';
