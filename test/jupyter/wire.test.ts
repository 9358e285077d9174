import { createHmac, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pointsOf, unitsOf } from "../../src/jupyter/cursor.js";
import { History, historyRequestSchema } from "../../src/jupyter/history.js";
import { MalformedMessageError, Wire } from "../../src/jupyter/message.js";
import { outputOf } from "../../src/jupyter/outputs.js";

const delimiter = Buffer.from("<IDS|MSG>");

/** Fields as they come; one of the name `__proto__` has a test of its own. */
const content = fc.dictionary(fc.string().filter((name) => name !== "__proto__"), fc.jsonValue());

describe("the wire", () => {
  const wire = new Wire("secret", "hmac-sha256");

  it("reads what it writes, and signs it as the specification says", () => {
    fc.assert(
      fc.property(content, fc.array(fc.uint8Array({ maxLength: 5 }), { maxLength: 3 }), (content, routes) => {
        const message = wire.message("status", JSON.parse(JSON.stringify(content)) as Record<string, unknown>, {});
        const routing = routes.map((route) => Buffer.from(route));
        const frames = wire.encode(routing, message);
        const signature = createHmac("sha256", "secret").update(Buffer.concat(frames.slice(-4))).digest("hex");
        expect(frames[routing.length + 1]!.toString()).toBe(signature);
        expect(wire.decode(frames)).toEqual({ ...message, identities: routing });
      }),
    );
  });

  it("drops a field of the name __proto__, which would be an object's prototype", () => {
    const sent = JSON.parse('{ "__proto__": { "code": "2" }, "silent": true }') as Record<string, unknown>;
    expect(Object.keys(sent)).toEqual(["__proto__", "silent"]);
    const { content: read } = wire.decode(wire.encode([], wire.message("execute_request", sent, {})));
    expect(Object.keys(read)).toEqual(["silent"]);
    expect(read["code"]).toBeUndefined();
  });

  it("refuses any frames that were not signed, without another error", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.uint8Array(), fc.constant(delimiter), fc.constant(Buffer.from("{}")))), (frames) => {
        expect(() => wire.decode(frames.map((frame) => Buffer.from(frame)))).toThrow(MalformedMessageError);
      }),
    );
  });

  it("refuses a message of which one byte was changed", () => {
    const frames = wire.encode([Buffer.from("client")], wire.message("execute_request", { code: "1" }, {}));
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.nat(), (frame, place) => {
        const changed = frames.map((one) => Buffer.from(one));
        changed[frame]![place % changed[frame]!.length]! ^= 1;
        expect(() => wire.decode(changed)).toThrow(MalformedMessageError);
      }),
    );
  });

  it("signs nothing where the key is empty", () => {
    const open = new Wire("", "hmac-sha256");
    const frames = open.encode([], open.message("status", {}, {}));
    expect(frames[1]!.length).toBe(0);
    expect(open.decode([...frames, randomBytes(3)]).header.msg_type).toBe("status");
  });

  it("refuses a hash that Node does not know at once", () => {
    expect(() => new Wire("secret", "hmac-nonsense")).toThrow();
  });
});

it("places in code points and in code units name the same character", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "é", "𝕏", "\ud800")).map((parts) => parts.join("")), fc.nat({ max: 20 }), (text, points) => {
      const units = unitsOf(text, points);
      expect(pointsOf(text, units)).toBe(Math.min(points, [...text].length));
      expect([...text.slice(0, units)]).toEqual([...text].slice(0, points));
    }),
  );
});

describe("the history", () => {
  const history = new History();
  for (const [line, input] of ["a = 1", "b", "a = 1", "a.b", "b"].entries()) {
    history.add(line + 1, input)(`out ${line + 1}`);
  }
  const find = (request: Record<string, unknown>): unknown[] => history.find(historyRequestSchema.parse(request));
  const lines = (request: Record<string, unknown>): unknown[] => find(request).map((row) => (row as unknown[])[1]);

  it("gives the tail, with outputs where they are asked for", () => {
    expect(find({ hist_access_type: "tail", n: 1 })).toEqual([[1, 5, "b"]]);
    expect(find({ hist_access_type: "tail", n: 1, output: true })).toEqual([[1, 5, ["b", "out 5"]]]);
    expect(lines({ hist_access_type: "tail", n: 0 })).toEqual([]);
    expect(lines({ hist_access_type: "tail", n: null })).toEqual([1, 2, 3, 4, 5]);
  });

  it("gives a range of this session", () => {
    expect(lines({ hist_access_type: "range", session: 0, start: 2, stop: 4 })).toEqual([2, 3]);
    expect(lines({ hist_access_type: "range", session: 1, start: 4, stop: null })).toEqual([4, 5]);
    expect(lines({ hist_access_type: "range", session: -1, start: 1, stop: 4 })).toEqual([]);
  });

  it("searches by patterns whose other characters stand for themselves", () => {
    expect(lines({ hist_access_type: "search", pattern: "a*" })).toEqual([1, 3, 4]);
    expect(lines({ hist_access_type: "search", pattern: "a*", unique: true })).toEqual([3, 4]);
    expect(lines({ hist_access_type: "search", pattern: "a?b" })).toEqual([4]);
    expect(lines({ hist_access_type: "search", pattern: "a.b", n: 1 })).toEqual([4]);
    expect(lines({ hist_access_type: "search", pattern: "(" })).toEqual([]);
  });
});

it("what a program sends as JSON that is none is shown as text", () => {
  const output = outputOf({ type: "result", id: "1", data: { "application/json": "{", "text/plain": "1" } }, 1, "s");
  expect(output?.content["data"]).toEqual({ "application/json": "{", "text/plain": "1" });
});
