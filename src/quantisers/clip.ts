/** Cuts each weight to [-limit, limit], in place. */
export function clipTo(latent: Float32Array, limit: number): void {
  for (let index = 0; index < latent.length; index++) {
    latent[index] = Math.min(limit, Math.max(-limit, latent[index]!));
  }
}
