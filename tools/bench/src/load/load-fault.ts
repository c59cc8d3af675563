/** The server did not do what it is measured at: the run is worth nothing. */
export class LoadFault extends Error {
  override readonly name = 'LoadFault';
}
