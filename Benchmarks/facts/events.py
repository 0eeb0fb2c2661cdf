"""Prints the bytes of an event file as TensorBoard's own classes write them (tensorboard from PyPI)."""
import struct
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c
def record(data):
    head = struct.pack("<Q", len(data))
    return head + struct.pack("<I", masked_crc32c(head)) + data + struct.pack("<I", masked_crc32c(data))
first = event_pb2.Event(wall_time=1700000000.5, file_version="brain.Event:2")
values = [("dev_perplexity", 123.5), ("update_ratio/embeddings", 0.001)]
second = event_pb2.Event(wall_time=1700000060.25, step=300, summary=summary_pb2.Summary(value=[summary_pb2.Summary.Value(tag=t, simple_value=v) for t, v in values]))
print((record(first.SerializeToString()) + record(second.SerializeToString())).hex())
