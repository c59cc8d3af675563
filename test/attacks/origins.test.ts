// Attacks from pages of other origins.
import { describeSubjects } from '@hioload/test-support/subjects';
import { head, RawClient } from '@hioload/test-support/wire';
import { expect } from 'vitest';

// A page of somebody else opens a connection from the browser of a user, with the user's cookies.

const HOST = 'chat.example';
const LISTED = 'https://app.example';

const REFUSED = [
  'https://evil.example',
  'null',
  '',
  'https://chat.example.evil.example',
  'https://evilchat.example',
  'https://evil.example/chat.example',
  'https://evil.example#chat.example',
  'https://chat.example@evil.example',
  'https://evil.example:443@chat.example',
  'https://chat.example:8443',
  'https://chat.example/',
  'chat.example',
  '//chat.example',
  'file://chat.example',
  'https://chat.example, https://evil.example',
  'https://evil.example https://chat.example',
  'https://app.example.evil.example',
  'http://app.example',
  '*',
];
const SERVED = [
  undefined,
  'https://chat.example',
  'http://chat.example',
  'HTTPS://CHAT.EXAMPLE',
  LISTED,
];

describeSubjects(
  'pages of other origins',
  ({ check }) => {
    const statusFor = async (
      port: number,
      origin: string | undefined,
      ...extraLines: string[]
    ): Promise<number> => {
      const client = new RawClient(port);
      client.write(head({ fields: { Host: HOST, Origin: origin }, extraLines }));
      const { status } = await client.answer();
      client.destroy();
      return status;
    };

    for (const origin of REFUSED) {
      check(`are refused: ${JSON.stringify(origin)}`, async ({ port }) => {
        expect(await statusFor(port, origin)).toBe(403);
      });
    }
    check('are refused if they send two origins', async ({ port }) => {
      expect(await statusFor(port, `https://${HOST}`, 'Origin: https://evil.example')).toBe(400);
      expect(await statusFor(port, 'https://evil.example', `Origin: https://${HOST}`)).toBe(400);
    });
    for (const origin of SERVED) {
      check(`are let in: ${origin ?? 'no origin at all'}`, async ({ port }) => {
        expect(await statusFor(port, origin)).toBe(101);
      });
    }
  },
  { allowedOrigins: [LISTED] },
);
