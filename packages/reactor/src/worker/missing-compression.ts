/** Warns that compression was asked for and the transport has none. */
import type { CompressionOptions, Logger, TransportFeatures } from '@hioload/api';

/** Warns if an application asks for compression and its transport cannot compress. */
export function warnOfMissingCompression(
  compression: CompressionOptions | undefined,
  transport: { readonly name: string; readonly features: Pick<TransportFeatures, 'exemptions'> },
  log: Pick<Logger, 'warn'>,
): void {
  if (compression === undefined) return;
  const exemption = transport.features.exemptions.find(({ id }) => id === 'no-compression');
  if (exemption === undefined) return;
  log.warn(
    `compression is off on the transport ${transport.name}: ${exemption.instead}; the ` +
      'transport net has it',
  );
}
