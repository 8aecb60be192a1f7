"""The portal's sections: few and large, in the order in which a holder asks for them."""

from __future__ import annotations

from typing import Final

from certsvc.entrypoints.html.rendering import Group, Link

ROOMS: Final = (
    Group(
        "持证人服务",
        "Services",
        (
            Link("/portal", "我的证书", "My certificates"),
            Link("/portal/shares", "授权查验", "Share grants"),
            Link("/portal/copies", "加注件", "Annotated copies"),
            Link("/portal/look-ups", "谁查过我", "Who checked"),
            Link("/portal/requests", "我的申请", "My requests"),
            Link("/portal/notices", "通知", "Notices"),
            Link("/portal/data", "我的数据", "My data"),
        ),
    ),
)
"""The navigation; every holder may enter every section, and finds there what is their own."""
