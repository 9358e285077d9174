/**
 * The folder with onnx, onnxruntime and qonnx to put on PYTHONPATH; installed the first time.
 * @throws Error that says what is missing
 */
export function interopPackages(): Promise<string>;

/**
 * The folder with jupyter_client, jupyter_kernel_test, nbconvert and papermill to put on PYTHONPATH; installed the first time.
 * @throws Error that says what is missing
 */
export function jupyterPackages(): Promise<string>;

/**
 * The folder with tensorboard and mlflow-skinny to put on PYTHONPATH; installed the first time.
 * @throws Error that says what is missing
 */
export function trackerPackages(): Promise<string>;
