import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Capabilities } from "../../../src/backends/backend.ts";
import {
  cannotSearch,
  formFields,
  formFor,
  hasFilters,
  type Searched,
} from "../../../src/editor/searchFields.ts";
import { anyTrace, type SearchForm } from "../../../src/editor/searchQuery.ts";

const form: SearchForm = { ...anyTrace, connection: "Jaeger", lookback: "1h", limit: 20 };

const nothing: Capabilities = {
  services: false,
  operations: false,
  searchWithoutService: true,
  tags: false,
  duration: false,
  timeRange: false,
  limit: false,
};
const jaeger: Searched = {
  name: "Jaeger",
  can: {
    services: true,
    operations: true,
    searchWithoutService: false,
    tags: true,
    duration: true,
    timeRange: true,
    limit: true,
    spanKinds: true,
  },
};
const tempo: Searched = {
  name: "Tempo",
  can: { ...jaeger.can, searchWithoutService: true, remoteServices: true, language: "traceql" },
};

const names = (given: SearchForm, searched: readonly Searched[], connections = searched.length) =>
  formFields(given, searched, connections).map(({ name }) => name);
const shownValue = (name: string, given: SearchForm, searched: readonly Searched[]) =>
  formFields(given, searched, searched.length).find((field) => field.name === name)?.value;

suite("The search form shows", () => {
  const each: [keyof SearchForm, Partial<Capabilities>][] = [
    ["service", { services: true }],
    ["operation", { operations: true }],
    ["kind", { spanKinds: true }],
    ["remoteService", { remoteServices: true }],
    ["tags", { tags: true }],
    ["minDuration", { duration: true }],
    ["maxDuration", { duration: true }],
    ["lookback", { timeRange: true }],
    ["limit", { limit: true }],
    ["errorsOnly", { tags: true }],
    ["text", { language: "traceql" }],
  ];
  for (const [name, can] of each) {
    test(`${name} exactly where the backend can search by it`, () => {
      assert.deepEqual(names(form, [{ name: "b", can: nothing }]), []);
      assert.ok(names(form, [{ name: "b", can: { ...nothing, ...can } }]).includes(name));
    });
  }

  test("operations only with a service where the backend searches within one", () => {
    assert.equal(names(form, [jaeger]).includes("operation"), false);
    assert.equal(names({ ...form, service: "cart" }, [jaeger]).includes("operation"), true);
    assert.equal(names(form, [tempo]).includes("operation"), true);
  });

  test("the connection only when there is a choice", () => {
    assert.equal(names(form, [jaeger], 1).includes("connection"), false);
    assert.equal(names(form, [jaeger], 2)[0], "connection");
  });

  test("only what counts beside a query in a language, once there is one", () => {
    assert.deepEqual(names({ ...form, text: "{}" }, [tempo], 2), ["connection", "text", "lookback", "limit"]);
  });

  test("for several connections at once what any of them can search by, and which one or how many of them", () => {
    const all = { ...form, connection: "" };
    assert.equal(shownValue("connection", all, [jaeger, tempo]), "all 2 connections");
    assert.equal(shownValue("tags", all, [jaeger, tempo]), "none");
    assert.equal(shownValue("remoteService", all, [jaeger, tempo]), "any (Tempo only)");
    assert.equal(shownValue("limit", all, [jaeger, tempo]), "20 traces each");
    assert.equal(shownValue("remoteService", all, [jaeger, tempo, { ...tempo, name: "B" }]), "any (2 of 3)");
  });
});

suite("A filled form", () => {
  test("loses what the connection cannot search by, so that nothing unseen is sent", () => {
    const filled = { ...form, tags: "a=1", kind: "client", text: "{}", errorsOnly: true };
    assert.deepEqual(formFor(filled, [{ name: "b", can: nothing }]), form);
    assert.equal(formFor(filled, [jaeger]).text, "");
    assert.equal(formFor(filled, [jaeger]).kind, "client");
  });

  test("has filters when anything is asked for but where, how far back and how much", () => {
    assert.equal(hasFilters({ ...form, lookback: "7d", limit: 5 }), false);
    assert.equal(hasFilters({ ...form, errorsOnly: true }), true);
    assert.equal(hasFilters({ ...form, text: "{}" }), true);
  });

  test("keeps what one of several connections can search by", () => {
    const filled = { ...form, remoteService: "bank" };
    assert.deepEqual(formFor(filled, [jaeger, tempo]), filled);
  });

  const refusals: [Partial<SearchForm>, string][] = [
    [{}, ""],
    [{ tags: "a=1", minDuration: "1s", kind: "client" }, ""],
    [{ remoteService: "bank" }, "cannot search by remote service"],
    [{ text: "{}", tags: "a=1" }, "cannot search by TraceQL"],
  ];
  for (const [filled, why] of refusals) {
    test(`with ${JSON.stringify(filled)} is ${why === "" ? "asked" : "not asked"} of a Jaeger`, () =>
      assert.equal(cannotSearch({ ...form, ...filled }, jaeger.can), why));
  }

  test("names every filter a backend cannot search by, each once", () => {
    const filled = { ...form, minDuration: "1s", maxDuration: "2s", tags: "a=1" };
    assert.equal(cannotSearch(filled, nothing), "cannot search by tags and duration");
  });

  test("with a query in a language is not refused for filters that do not count then", () => {
    assert.equal(cannotSearch({ ...form, text: "{}", tags: "a=1" }, { ...nothing, language: "traceql" }), "");
  });
});
