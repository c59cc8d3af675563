// Tests of the negotiation of permessage-deflate.
import type { CompressionOptions } from '@hioload/api';
import { describe, expect, it } from 'vitest';
import {
  formatExtension,
  negotiateExtension,
  parseExtensions,
  PermessageDeflate,
} from '../src/index.js';

const parse = (text: string) => parseExtensions(`permessage-deflate${text}`)?.[0]?.parameters ?? [];

/** The answer of a server to an offer, or undefined. */
function answer(
  offer: string,
  options: CompressionOptions = { contextTakeover: true, windowBits: 15 },
): string | undefined {
  const agreement = new PermessageDeflate(options).accept(parse(offer));
  return agreement && formatExtension('', agreement.parameters);
}

describe('the negotiation of permessage-deflate', () => {
  // Offers that are read, declined or answered: RFC 7692 sections 5.1 and 7.1.
  it.each([
    ['', ''],
    ['; server_no_context_takeover', '; server_no_context_takeover'],
    ['; client_no_context_takeover', '; client_no_context_takeover'],
    ['; server_max_window_bits=10', '; server_max_window_bits=10'],
    ['; server_max_window_bits="8"', '; server_max_window_bits=8'],
    ['; client_max_window_bits', '; client_max_window_bits=15'],
    ['; client_max_window_bits=9', '; client_max_window_bits=9'],
    [
      '; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12; ' +
        'client_max_window_bits=11',
      '; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12; ' +
        'client_max_window_bits=11',
    ],
    ['; server_max_window_bits', undefined],
    ['; server_max_window_bits=7', undefined],
    ['; server_max_window_bits=16', undefined],
    ['; server_max_window_bits=010', undefined],
    ['; server_max_window_bits=1e1', undefined],
    ['; client_max_window_bits=7', undefined],
    ['; client_max_window_bits=16', undefined],
    ['; server_no_context_takeover=1', undefined],
    ['; client_no_context_takeover=""', undefined],
    ['; server_no_context_takeover; server_no_context_takeover', undefined],
    ['; unknown', undefined],
  ])('answers the offer %j with %j', (offer, expected) => {
    expect(parseExtensions(`x${offer}`) === undefined ? undefined : answer(offer)).toBe(expected);
  });

  it('answers the first of several offers that it can agree to', () => {
    const offers = [
      'permessage-deflate; server_max_window_bits=7',
      'permessage-deflate; client_max_window_bits; client_max_window_bits',
      'x-other',
      'permessage-deflate; server_max_window_bits=11',
      'permessage-deflate',
    ];
    const negotiated = negotiateExtension(
      parseExtensions(offers.join(', '))!,
      new PermessageDeflate(),
    );
    expect(negotiated?.element).toBe(
      'permessage-deflate; server_no_context_takeover; client_no_context_takeover; ' +
        'server_max_window_bits=11',
    );
    expect(
      negotiateExtension(parseExtensions(offers.slice(0, 3).join(', '))!, new PermessageDeflate()),
    ).toBeUndefined();
  });

  it('asks for no context takeover by default, and for smaller windows if offered', () => {
    expect(answer('', {})).toBe('; server_no_context_takeover; client_no_context_takeover');
    const small = { contextTakeover: true, windowBits: 11, peerWindowBits: 10 };
    expect(answer('', small)).toBe('; server_max_window_bits=11');
    expect(answer('; server_max_window_bits=9; client_max_window_bits', small)).toBe(
      '; server_max_window_bits=9; client_max_window_bits=10',
    );
    expect(answer('; client_max_window_bits=9', small)).toBe(
      '; server_max_window_bits=11; client_max_window_bits=9',
    );
  });

  it('offers its terms as a client, and accepts only answers that fit them', () => {
    const settle = (text: string, options: CompressionOptions) =>
      new PermessageDeflate(options).settle(parse(text)) !== undefined;
    const offer = (options: CompressionOptions) =>
      formatExtension('', new PermessageDeflate(options).offers()[0]!);
    expect(offer({})).toBe(
      '; server_no_context_takeover; client_no_context_takeover; client_max_window_bits',
    );
    expect(offer({ contextTakeover: true, windowBits: 10, peerWindowBits: 9 })).toBe(
      '; server_max_window_bits=9; client_max_window_bits=10',
    );
    expect(settle('; server_no_context_takeover', {})).toBe(true);
    expect(settle('', {})).toBe(false);
    expect(settle('', { contextTakeover: true })).toBe(true);
    expect(settle('; server_max_window_bits=9', { contextTakeover: true, peerWindowBits: 9 })).toBe(
      true,
    );
    expect(
      settle('; server_max_window_bits=10', { contextTakeover: true, peerWindowBits: 9 }),
    ).toBe(false);
    expect(settle('', { contextTakeover: true, peerWindowBits: 9 })).toBe(false);
    expect(settle('; client_max_window_bits=9', { contextTakeover: true })).toBe(true);
    expect(settle('; client_max_window_bits', { contextTakeover: true })).toBe(false);
    expect(settle('; client_max_window_bits=12', { contextTakeover: true, windowBits: 11 })).toBe(
      false,
    );
    expect(settle('; huh', { contextTakeover: true })).toBe(false);
  });

  it.each([
    { windowBits: 7 },
    { windowBits: 16 },
    { peerWindowBits: 1.5 },
    { level: 0 },
    { memLevel: 10 },
    { minBytes: -1 },
    { maxBytes: NaN },
    { maxContextBytes: 354_303 },
    { windowBits: 9, peerWindowBits: 9, memLevel: 1, maxContextBytes: 95_743 },
  ])('refuses the options %o', (options) => {
    expect(() => new PermessageDeflate(options)).toThrow(
      expect.objectContaining({ code: 'HIOLOAD_OPTION_INVALID' }),
    );
  });
});
