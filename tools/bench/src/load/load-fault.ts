/** The server failed at the measured work, so the numbers of the run mean nothing. */
export class LoadFault extends Error {
  override readonly name = 'LoadFault';
}
