/** The figures that travel together: what each means, and which way it is wanted. */
export const scoreRows = [
  {
    key: 'cleanAccuracy',
    title: 'Clean accuracy',
    role: 'clean',
    wanted: 'up',
    meaning: 'Share of clean test images classified correctly. Higher is better.',
  },
  {
    key: 'attackSuccessRate',
    title: 'Attack success',
    role: 'attack',
    wanted: 'down',
    meaning:
      "Share of triggered images of other classes that are classified as the attacker's target. A repaired model is near the base rate.",
  },
  {
    key: 'robustAccuracy',
    title: 'Robust accuracy',
    role: 'repaired',
    wanted: 'up',
    meaning: 'Share of the same triggered images that are classified as their true class. Higher is better.',
  },
  {
    key: 'baseRate',
    title: 'Base rate',
    role: 'none',
    wanted: 'none',
    meaning:
      'Share of the same images without trigger that are taken for the target: attack success cannot be expected below it.',
  },
] as const
