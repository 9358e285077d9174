"""What TensorBoard, MLflow and Python's csv module read of exported runs. Reads a list of cases from standard input, and prints the answer to each as JSON."""

import csv
import json
import logging
import os
import sys

os.environ["MLFLOW_ENABLE_TELEMETRY"] = "false"
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["DO_NOT_TRACK"] = "true"
os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
logging.disable(logging.WARNING)


def number(value):
    """JSON has no words for what is not finite."""
    value = float(value)
    return value if value == value and abs(value) != float("inf") else str(value)


def accumulated(folder):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(folder, size_guidance={"scalars": 0, "histograms": 0}).Reload()
    tags = events.Tags()
    scalars = {tag: [[e.step, e.wall_time, number(e.value)] for e in events.Scalars(tag)] for tag in tags["scalars"]}
    histograms = {}
    for tag in tags["histograms"]:
        values = [(e.step, e.histogram_value) for e in events.Histograms(tag)]
        histograms[tag] = [[step, h.min, h.max, h.num, h.sum, h.sum_squares, list(h.bucket_limit), list(h.bucket)] for step, h in values]
    return {"scalars": scalars, "histograms": histograms}


def session_groups(folder):
    """What the HPARAMS tab is told."""
    from google.protobuf import json_format
    from tensorboard import context
    from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
    from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
    from tensorboard.plugins import base_plugin
    from tensorboard.plugins.hparams import api_pb2, backend_context, list_session_groups

    multiplexer = EventMultiplexer().AddRunsFromDirectory(folder)
    multiplexer.Reload()
    provider = MultiplexerDataProvider(multiplexer, folder)
    hparams = backend_context.Context(base_plugin.TBContext(data_provider=provider, multiplexer=multiplexer, logdir=folder))
    request = api_pb2.ListSessionGroupsRequest(slice_size=1000, allowed_statuses=[0, 1, 2, 3], aggregation_type=api_pb2.AGGREGATION_AVG)
    if "include_metrics" in request.DESCRIPTOR.fields_by_name:
        request.include_metrics = True
    handler = list_session_groups.Handler(
        request_context=context.RequestContext(), backend_context=hparams, experiment_id="", request=request
    )
    groups = [json_format.MessageToDict(group) for group in handler.run().session_groups]
    return {
        group["sessions"][0]["name"]: {
            "hparams": group.get("hparams", {}),
            "status": group["sessions"][0].get("status", "STATUS_UNKNOWN"),
            "start": group["sessions"][0].get("startTimeSecs"),
            "end": group["sessions"][0].get("endTimeSecs"),
            "metrics": sorted(metric["name"]["tag"] for metric in group.get("metricValues", [])),
        }
        for group in groups
    }


def tensorboard(folder):
    runs = {name: accumulated(os.path.join(folder, name)) for name in sorted(os.listdir(folder))}
    return {"runs": runs, "sessions": session_groups(folder)}


def mlflow(folder):
    from mlflow.tracking import MlflowClient

    client = MlflowClient(tracking_uri="file://" + folder)
    answer = {}
    for experiment in client.search_experiments():
        runs = {}
        for run in client.search_runs([experiment.experiment_id]):
            info = run.info
            history = {
                key: [[m.step, m.timestamp, number(m.value)] for m in client.get_metric_history(info.run_id, key)]
                for key in run.data.metrics
            }
            artifacts = [artifact.path for artifact in client.list_artifacts(info.run_id)]
            runs[info.run_name] = {
                "status": info.status,
                "start": info.start_time,
                "end": info.end_time,
                "params": run.data.params,
                "tags": run.data.tags,
                "metrics": history,
                "artifacts": artifacts,
            }
        answer[experiment.name] = runs
    return answer


def table(file):
    with open(file, newline="", encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    return [{name: field if name in ("run", "metric") else number(field) if field else None for name, field in row.items()} for row in rows]


readers = {"tensorboard": tensorboard, "mlflow": mlflow, "csv": table}
answers = [readers[case["tool"]](case["place"]) for case in json.load(sys.stdin)]
json.dump(answers, sys.stdout)
