import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import type { ServerOptions } from "node:https";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import type { Connection } from "../../../src/backends/backend.ts";
import { backends } from "../../../src/backends/index.ts";
import { type CertifiedKey, makeCertificates } from "../../support/certificates.ts";
import { faultyServer, json, redirect } from "../../support/faultyServer.ts";
import { never, refusal } from "../../unit/backends/fakes.ts";
import { healthy, ids } from "./healthy.ts";
import { calls, scene } from "./scene.ts";

const made = await makeCertificates();
after(async () => made?.[Symbol.asyncDispose]());
const skip = made === undefined ? "openssl is not installed" : false;
const certificates = made!;

function pair({ cert, key }: CertifiedKey): ServerOptions {
  return { cert, key };
}

/** A server that wants a client's certificate. */
function mutual(maxVersion: "TLSv1.2" | "TLSv1.3" = "TLSv1.3"): ServerOptions {
  return { ...pair(certificates.server), requestCert: true, ca: certificates.authority.cert, maxVersion };
}

interface Case {
  readonly title: string;
  readonly server: () => ServerOptions;
  readonly connection: () => Partial<Connection>;
  /** undefined when it is to be answered. */
  readonly refused?: RegExp;
}

const trust = () => ({ caFile: certificates.authority.certFile });

const cases: readonly Case[] = [
  {
    title: "an authority that only tls.caFile knows is trusted",
    server: () => pair(certificates.server),
    connection: () => ({ tls: trust() }),
  },
  {
    title: "an unknown authority is told, and the setting that helps",
    server: () => pair(certificates.server),
    connection: () => ({}),
    refused: /from an authority this machine does not know\. Set "tls\.caFile" of the connection/,
  },
  {
    title: "an authority that is not the one in tls.caFile is told",
    server: () => pair(certificates.server),
    connection: () => ({ tls: { caFile: certificates.otherAuthority.certFile } }),
    refused: /neither known to this machine nor in "tls\.caFile"/,
  },
  {
    title: "a self-signed certificate is told",
    server: () => pair(certificates.selfSigned),
    connection: () => ({}),
    refused: /has a self-signed certificate, .*"tls\.caFile"/,
  },
  {
    title: "a self-signed certificate that is in tls.caFile is trusted",
    server: () => pair(certificates.selfSigned),
    connection: () => ({ tls: { caFile: certificates.selfSigned.certFile } }),
  },
  {
    title: "a certificate for another host is told, with its names",
    server: () => pair(certificates.otherHost),
    connection: () => ({ tls: trust() }),
    refused: /for another host name \(other\.example\)\. Use that name in the URL, or set "tls\.serverName"/,
  },
  {
    title: "tls.serverName is the name that the certificate has to be for",
    server: () => pair(certificates.otherHost),
    connection: () => ({ tls: { ...trust(), serverName: "other.example" } }),
  },
  {
    title: "a certificate for another name than tls.serverName is told",
    server: () => pair(certificates.server),
    connection: () => ({ tls: { ...trust(), serverName: "third.example" } }),
    refused: /than "tls\.serverName" of the connection says/,
  },
  {
    title: "an expired certificate is told",
    server: () => pair(certificates.expired),
    connection: () => ({ tls: trust() }),
    refused: /has an expired certificate, which the server has to renew/,
  },
  {
    title: "an expired certificate is accepted where the connection allows untrusted ones",
    server: () => pair(certificates.expired),
    connection: () => ({ allowUntrustedCertificate: true }),
  },
  {
    title: "a client certificate is shown to a server that wants one",
    server: () => mutual(),
    connection: () => {
      const { certFile, keyFile } = certificates.client;
      return { tls: { ...trust(), certFile, keyFile } };
    },
  },
  {
    title: "a server that wants a client certificate and gets none is told",
    server: () => mutual(),
    connection: () => ({ tls: trust() }),
    refused: /If it asks for a client certificate, set "tls\.certFile" and "tls\.keyFile"/,
  },
  {
    title: "a server that says so when it gets no client certificate is told",
    server: () => mutual("TLSv1.2"),
    connection: () => ({ tls: trust() }),
    refused: /asks for a client certificate\. Set "tls\.certFile" and "tls\.keyFile"/,
  },
  {
    title: "a server that does not accept the client certificate is told",
    server: () => mutual(),
    connection: () => {
      const { certFile, keyFile } = certificates.stranger;
      return { tls: { ...trust(), certFile, keyFile } };
    },
    refused: /may not accept the client certificate of "tls\.certFile"/,
  },
  {
    title: "plain HTTP behind https: is told",
    server: () => pair(certificates.server),
    connection: () => ({ tls: trust(), url: "plain" }),
    refused: /does not speak TLS\. Is it http:/,
  },
];

for (const { kind, label } of backends.filter(({ kind }) => healthy.has(kind))) {
  suite(`${label} by TLS`, { skip, concurrency: 4 }, () => {
    for (const { title, server, connection, refused } of cases) {
      test(title, async (context) => {
        const { url, ...more } = connection();
        const tls = url === "plain" ? undefined : server();
        const secure = (address: string) => address.replace("http:", "https:");
        const { source } = await scene(context, kind, { tls, connection: more, url: secure });
        if (refused === undefined) {
          assert.equal((await source.trace(ids[0], never)).trace.length, 1);
          return;
        }
        for (const [, ask] of calls) {
          const error = await refusal(ask(source, never));
          assert.match(error.message, refused);
          assert.equal(error.action, error.code === "reset" ? "retry" : "editConnection");
        }
      });
    }

    test("a redirect from https: to http: is not followed", async (context) => {
      const plain = await faultyServer(json([]));
      context.after(() => plain.close());
      const one = await scene(context, kind, {
        tls: pair(certificates.server),
        connection: { tls: trust() },
      });
      one.script = redirect(one.server.url.replace("https:", "http:"));
      assert.equal((await refusal(one.source.services(never))).code, "redirect");
      one.script = redirect(plain.url);
      assert.equal((await refusal(one.source.services(never))).code, "redirect");
      assert.equal(plain.asked.length, 0);
    });
  });
}

suite("The files of a connection's TLS", { skip }, () => {
  const files: readonly (readonly [string, () => Connection["tls"], RegExp])[] = [
    [
      "that is not there",
      () => ({ caFile: join(certificates.folder, "none.pem") }),
      /none\.pem \("tls\.caFile" of the connection\) is not there\.$/,
    ],
    ["that is a folder", () => ({ caFile: certificates.folder }), /is a folder\.$/],
    ["that is a device", () => ({ caFile: "/dev/zero" }), /is not a file\.$/],
    ["with a relative path", () => ({ caFile: "ca.pem" }), /is not named by an absolute path/],
    ["on another machine", () => ({ caFile: "\\\\evil\\share\\ca.pem" }), /is not named by an absolute path/],
    [
      "that is no certificate",
      () => ({ caFile: certificates.authority.keyFile }),
      /\("tls\.caFile" of the connection\) holds no certificate in PEM form\.$/,
    ],
    [
      "without its key",
      () => ({ certFile: certificates.client.certFile }),
      /holds no private key, and "tls\.keyFile" is not set\.$/,
    ],
    ["that is a key alone", () => ({ keyFile: certificates.client.keyFile }), /needs "tls\.certFile" too/],
    [
      "whose key is another's",
      () => ({ certFile: certificates.client.certFile, keyFile: certificates.stranger.keyFile }),
      /\("tls\.keyFile" of the connection\) holds a key that does not belong to the certificate\.$/,
    ],
    [
      "whose key is a certificate",
      () => ({ certFile: certificates.client.certFile, keyFile: certificates.client.certFile }),
      /holds no private key in PEM form\.$/,
    ],
  ];

  for (const [what, tls, message] of files) {
    test(`a file ${what} is named with its setting, and nothing is sent`, async (context) => {
      const one = await scene(context, backends[0].kind, {
        tls: pair(certificates.server),
        connection: { tls: tls() },
      });
      const error = await refusal(one.source.services(never));
      assert.match(error.message, message);
      assert.equal(error.action, "editConnection");
      assert.equal(one.server.asked.length, 0);
    });
  }

  test("a damaged certificate is told", async (context) => {
    const caFile = join(certificates.folder, "damaged.pem");
    await writeFile(caFile, certificates.authority.cert.replace(/\n.{20}/, "\nAAAAAAAAAAAAAAAAAAAA"));
    const one = await scene(context, backends[0].kind, {
      tls: pair(certificates.server),
      connection: { tls: { caFile } },
    });
    assert.match(
      (await refusal(one.source.services(never))).message,
      /holds a certificate that is damaged\.$/,
    );
  });

  test("certificate and key may be in one file", async (context) => {
    const certFile = join(certificates.folder, "both.pem");
    await writeFile(certFile, certificates.client.cert + certificates.client.key);
    const one = await scene(context, backends[0].kind, {
      tls: mutual(),
      connection: { tls: { ...trust(), certFile } },
    });
    assert.deepEqual(await one.source.services(never), ["shop"]);
  });

  test("a file that is mended is read again at the next question", async (context) => {
    const caFile = join(certificates.folder, "renewed.pem");
    await writeFile(caFile, certificates.otherAuthority.cert);
    const one = await scene(context, backends[0].kind, {
      tls: pair(certificates.server),
      connection: { tls: { caFile } },
    });
    assert.equal((await refusal(one.source.services(never))).code, "tls");
    await writeFile(caFile, certificates.authority.cert);
    assert.deepEqual(await one.source.services(never), ["shop"]);
  });

  test("what one connection allows, another does not", async (context) => {
    const tls = pair(certificates.selfSigned);
    const open = await scene(context, backends[0].kind, {
      tls,
      connection: { allowUntrustedCertificate: true },
    });
    const strict = await scene(context, backends[0].kind, { tls });
    assert.deepEqual(await open.source.services(never), ["shop"]);
    assert.equal((await refusal(strict.source.services(never))).code, "tls");
    assert.equal(process.env.NODE_TLS_REJECT_UNAUTHORIZED, undefined);
  });
});
