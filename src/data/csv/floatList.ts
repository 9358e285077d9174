/** Numbers whose count is not known beforehand. */
export class FloatList {
  private values = new Float32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.values.length) {
      const grown = new Float32Array(this.length * 2);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.length++] = value;
  }

  take(): Float32Array {
    return this.values.slice(0, this.length);
  }
}
