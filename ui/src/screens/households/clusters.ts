//! Clusters that households of a village are written down in, the most usual first.
import { call } from "../../lib/app";
import { fold } from "../../lib/fold";

const LOOKED_AT = 1_000;
const OFFERED = 6;

export async function clustersOf(village: string | null): Promise<string[]> {
  const { items } = await call("household.list", { limit: LOOKED_AT, ...(village ? { village } : {}) });
  const count = new Map<string, { word: string; n: number }>();
  for (const { cluster } of items) {
    if (!cluster) continue;
    const held = count.get(fold(cluster)) ?? { word: cluster, n: 0 };
    held.n += 1;
    count.set(fold(cluster), held);
  }
  return [...count.values()]
    .sort((a, b) => b.n - a.n)
    .slice(0, OFFERED)
    .map((one) => one.word);
}
