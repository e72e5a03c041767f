//! News that come in bursts, told in steps a person can see.

/**
 * Tells the first at once and then rests: of what comes in the next `rest` milliseconds only the newest is told, at
 * their end. Nothing that comes last is ever left out.
 */
export function paced<T>(tell: (news: T) => void, rest: number): (news: T) => void {
  let resting = false;
  let held: [T] | null = null;
  function now(news: T): void {
    resting = true;
    setTimeout(over, rest);
    tell(news);
  }
  function over(): void {
    resting = false;
    if (!held) return;
    const [news] = held;
    held = null;
    now(news);
  }
  return (news) => {
    if (resting) held = [news];
    else now(news);
  };
}
