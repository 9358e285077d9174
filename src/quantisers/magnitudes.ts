/** Mean |w|. */
export function meanMagnitude(latent: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < latent.length; index++) {
    sum += Math.abs(latent[index]!);
  }
  return sum / latent.length;
}

/** Max |w|. */
export function largestMagnitude(latent: Float32Array): number {
  let largest = 0;
  for (let index = 0; index < latent.length; index++) {
    largest = Math.max(largest, Math.abs(latent[index]!));
  }
  return largest;
}
