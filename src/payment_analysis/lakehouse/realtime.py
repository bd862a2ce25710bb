"""What the real-time pipeline keeps as tables; views everywhere else, so nothing is stored twice on one machine."""

from typing import Final

REALTIME: Final = (
    "payments_stream_bronze",
    "payments_stream_silver",
    "payments_realtime_silver",
    "payments_realtime_metrics",
    "payments_stream_metrics_1min",
    "payments_stream_alerts",
    "online_features_stream",
)
