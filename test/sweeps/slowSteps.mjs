// Trainings of this process pause after each step: long enough to be hit in the middle, at no cost.
const pauseMilliseconds = 3;
globalThis.setImmediate = (work, ...args) => setTimeout(work, pauseMilliseconds, ...args);
