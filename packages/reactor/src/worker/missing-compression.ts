import type { CompressionOptions, Logger, TransportFeatures } from '@hioload/api';

/**
 * Warns where an application asks for compression and its transport has none: peers are served
 * without.
 */
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
