/**
 * The folder with onnx, onnxruntime and qonnx to put on PYTHONPATH; installed the first time.
 * @throws Error that says what is missing
 */
export function interopPackages(): Promise<string>;
