// Which runs are ticked to be compared, in the order in which they were.

export const MAX_TICKED = 8; // colours and shapes that can be told apart

/** @type {(ticked: string[], id: string, isOn: boolean) => string[]} */
export function tick(ticked, id, isOn) {
  return isOn ? [...ticked, id] : ticked.filter((each) => each !== id);
}

// Of these, those that can be ticked: what is in the list, and no more than can be told apart.
/** @type {(ids: string[], isListed: (id: string) => boolean) => string[]} */
export function keepTickable(ids, isListed) {
  return ids.filter(isListed).slice(0, MAX_TICKED);
}

// A run's place among the ticked ones, -1 for none, and whether it could be ticked.
/** @type {(ticked: string[], id: string) => { slot: number, isFull: boolean }} */
export function findSlot(ticked, id) {
  const slot = ticked.indexOf(id);
  return { slot, isFull: slot < 0 && ticked.length >= MAX_TICKED };
}
