export const recordType = { data: 0, endOfFile: 1, extendedLinearAddress: 4 } as const;

/** Addresses that a record can say without an extended address. */
export const segment = 0x1_0000;

/** Addresses of Intel HEX altogether. */
export const addressSpace = 2 ** 32;

export const endOfFile = hexRecord(0, recordType.endOfFile, new Uint8Array(0));

/** The record that adds `address`, a multiple of 65,536, to the addresses after it. */
export function extendedAddress(address: number): string {
  const upper = address / segment;
  return hexRecord(0, recordType.extendedLinearAddress, Uint8Array.of(upper >> 8, upper & 0xff));
}

/** `:` length, address, type, data, checksum: the two's complement of the sum of all bytes before it. */
export function hexRecord(address: number, type: number, data: Uint8Array): string {
  const bytes = [data.length, address >> 8, address & 0xff, type, ...data];
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  const line = Buffer.from([...bytes, -sum & 0xff]).toString("hex");
  return `:${line.toUpperCase()}\n`;
}
