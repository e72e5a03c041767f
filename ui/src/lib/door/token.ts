//! What lets this page ask the program behind `toso serve`. Taken before anything else runs: the address it comes in
//! changes with the first step a person takes.

/** It comes behind `#token=`, which no server ever sees, and is taken out of the address at once. */
function take(): string {
  const given = /^#token=([0-9a-f]{64})$/.exec(location.hash)?.[1];
  if (given) {
    sessionStorage.setItem("token", given);
    history.replaceState(null, "", location.pathname);
  }
  return given ?? sessionStorage.getItem("token") ?? "";
}

export const token = take();
