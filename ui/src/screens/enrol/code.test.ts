import { describe, expect, it } from "vitest";
import { addressOf, codeOf, grouped, hubOf, isInvitation } from "./code";

describe("a code that was read out", () => {
  it("is taken in any case, with or without dashes, and with the letters people mistake", () => {
    expect(codeOf("7k3m-9qxa-2f8t-v")).toBe("7K3M9QXA2F8TV");
    expect(codeOf(" 7K3M 9QXA 2F8T V ")).toBe("7K3M9QXA2F8TV");
    expect(codeOf("oil0")).toBe("0110");
  });
  it("leaves out what is in no code and what is too much", () => {
    expect(codeOf("u!7k")).toBe("7K");
    expect(codeOf("7K3M9QXA2F8TVEXTRA")).toHaveLength(13);
  });
  it("is shown in fours while it is typed", () => {
    expect(grouped("7K3")).toBe("7K3");
    expect(grouped("7K3M")).toBe("7K3M");
    expect(grouped("7K3M9QXA2F8TV")).toBe("7K3M-9QXA-2F8T-V");
  });
});

describe("the hub's address", () => {
  it("is https unless said otherwise", () => {
    expect(addressOf(" 192.168.1.5:8420 ")).toBe("https://192.168.1.5:8420");
    expect(addressOf("http://127.0.0.1:8420")).toBe("http://127.0.0.1:8420");
    expect(addressOf("")).toBe("");
  });
  it("is told from an invitation", () => {
    expect(isInvitation("toso:1?c=7K3M9QXA2F8TV&a=00&u=https%3A%2F%2Fxa")).toBe(true);
    expect(isInvitation("https://xa.example/toso:1?")).toBe(false);
  });
});

describe("an invitation", () => {
  it("says where it leads, as it was written and whatever stands in it", () => {
    expect(hubOf("toso:1?c=A&a=B&u=https://192.168.1.5:8420")).toBe("https://192.168.1.5:8420");
    expect(hubOf(" toso:1?u=https://x%C3%A3.vn/a%2520b+c&c=A&a=B\n")).toBe("https://xã.vn/a%20b+c");
    expect(hubOf("toso:1?c=A&a=B&u=%E0%A4%A")).toBe("%E0%A4%A");
    expect(hubOf("toso:1?c=A&uu=x")).toBe("");
  });
});
