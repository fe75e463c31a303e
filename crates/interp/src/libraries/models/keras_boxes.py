"""Bounding boxes of Keras 3: their formats, and what is computed of them.

source: keras/src/layers/preprocessing/image_preprocessing/bounding_boxes/{bounding_box,converters,iou}.py
"""

import math

from keras import backend, ops

FORMATS = (
    "xyxy", "yxyx", "xywh", "center_xywh", "center_yxhw", "rel_xyxy", "rel_yxyx", "rel_xywh", "rel_center_xywh"
)


def _corners(boxes, form):
    """The left, top, right and bottom sides of boxes that are not relative."""
    a, b, c, d = ops.split(boxes, 4, axis=-1)
    if form == "xyxy":
        return a, b, c, d
    if form == "yxyx":
        return b, a, d, c
    if form == "xywh":
        return a, b, a + c, b + d
    if form == "center_yxhw":
        a, b, c, d = b, a, d, c
    wide, high = c / 2.0, d / 2.0
    return a - wide, b - high, a + wide, b + high


def _written(left, top, right, bottom, form):
    """The four numbers of boxes in a form."""
    if form == "xyxy":
        return [left, top, right, bottom]
    if form == "yxyx":
        return [top, left, bottom, right]
    wide, high = right - left, bottom - top
    if form == "xywh":
        return [left, top, wide, high]
    across, down = left + wide / 2.0, top + high / 2.0
    return [across, down, wide, high] if form == "center_xywh" else [down, across, high, wide]


def convert_format(boxes, source, target, height=None, width=None, dtype="float32"):
    if isinstance(boxes, dict):
        boxes["boxes"] = convert_format(boxes["boxes"], source, target, height, width, dtype)
        return boxes
    shape = ops.shape(boxes)
    if shape[-1] != 4:
        raise ValueError(f"`boxes` must be a tensor with the last dimension of 4. Received: boxes.shape={shape}")
    source, target = source.lower(), target.lower()
    if source not in FORMATS or target not in FORMATS:
        raise ValueError(f"Invalid source or target format. Supported formats: {FORMATS}")
    of, to = source.startswith("rel_"), target.startswith("rel_")
    if (of or to) and (width is None or height is None):
        raise ValueError(
            "convert_format() must receive `height` and `width` transforming between relative and absolute formats."
            f"convert_format() received source=`{source}`, target=`{target}, but height={height} and width={width}."
        )
    boxes = ops.cast(boxes, dtype)
    if source == target:
        return boxes
    if width is not None:
        width = ops.cast(width, dtype)
    if height is not None:
        height = ops.cast(height, dtype)
    left, top, right, bottom = _corners(boxes, source.replace("rel_", "", 1))
    if of and not to:
        left, top, right, bottom = left * width, top * height, right * width, bottom * height
    if to and not of:
        left, top, right, bottom = left / width, top / height, right / width, bottom / height
    return ops.concatenate(_written(left, top, right, bottom, target.replace("rel_", "", 1)), axis=-1)


def _within(boxes, width, height):
    """Boxes of corners, cut at the sides of an image."""
    left, top, right, bottom = ops.split(boxes, 4, axis=-1)
    sides = [ops.clip(left, 0, width), ops.clip(top, 0, height), ops.clip(right, 0, width), ops.clip(bottom, 0, height)]
    return ops.concatenate(sides, axis=-1)


def clip_to_image_size(bounding_boxes, height=None, width=None, bounding_box_format="xyxy"):
    if bounding_box_format not in ("xyxy", "rel_xyxy"):
        raise NotImplementedError
    if bounding_box_format == "xyxy" and (height is None or width is None):
        raise ValueError("`height` and `width` must be set if `format='xyxy'`.")
    boxes = bounding_boxes["boxes"]
    labels = bounding_boxes.get("labels", None)
    if bounding_box_format == "xyxy":
        boxes = _within(boxes, ops.cast(width, boxes.dtype), ops.cast(height, boxes.dtype))
    else:
        boxes = _within(boxes, 1.0, 1.0)
    result = bounding_boxes.copy()
    result["boxes"] = boxes
    if labels is not None:
        left, top, right, bottom = ops.split(boxes, 4, axis=-1)
        areas = ops.squeeze((right - left) * (bottom - top), axis=-1)
        result["labels"] = ops.where(areas > 0, labels, -1)
    return result


def affine_transform(boxes, angle, translate_x, translate_y, scale, shear_x, shear_y, height, width, center_x=None,
                     center_y=None, bounding_box_format="xyxy"):
    if bounding_box_format != "xyxy":
        raise NotImplementedError
    # The matrix is in the dtype of single precision, which the angles have to be of.
    return unknown()


def crop(boxes, top, left, height, width, bounding_box_format="xyxy"):
    if bounding_box_format != "xyxy":
        raise NotImplementedError
    x1, y1, x2, y2 = ops.split(boxes, 4, axis=-1)
    return _within(ops.concatenate([x1 - left, y1 - top, x2 - left, y2 - top], axis=-1), width, height)


def pad(boxes, top, left, height=None, width=None, bounding_box_format="xyxy"):
    if bounding_box_format != "xyxy":
        raise NotImplementedError
    x1, y1, x2, y2 = ops.split(boxes, 4, axis=-1)
    return ops.concatenate([x1 + left, y1 + top, x2 + left, y2 + top], axis=-1)


def _checked(variance, encoding, refusal):
    """The variance of deltas as a tensor, where there is one."""
    if variance is not None:
        variance = ops.convert_to_tensor(variance, "float32")
        if variance.shape[-1] != 4:
            raise ValueError(f"`variance` must be length 4, got {variance}")
    if encoding not in ["center_xywh", "center_yxhw"]:
        raise ValueError(refusal)
    return variance


def _sizes(image_shape):
    if image_shape is None:
        return None, None
    height, width, _ = image_shape
    return height, width


def encode_box_to_deltas(anchors, boxes, anchor_format, box_format, encoding_format="center_yxhw", variance=None,
                         image_shape=None):
    refusal = f"`encoding_format` should be one of 'center_xywh' or 'center_yxhw', got {encoding_format}"
    variance = _checked(variance, encoding_format, refusal)
    height, width = _sizes(image_shape)
    anchors = convert_format(anchors, anchor_format, encoding_format, height, width)
    boxes = convert_format(boxes, box_format, encoding_format, height, width)
    own = ops.maximum(anchors[..., 2:], backend.epsilon())
    wanted = ops.maximum(boxes[..., 2:], backend.epsilon())
    deltas = ops.concatenate([(boxes[..., :2] - anchors[..., :2]) / own, ops.log(wanted / own)], axis=-1)
    return deltas if variance is None else deltas / variance


def decode_deltas_to_boxes(anchors, boxes_delta, anchor_format, box_format, encoded_format="center_yxhw",
                           variance=None, image_shape=None):
    refusal = f"`encoded_format` should be 'center_xywh' or 'center_yxhw', but got '{encoded_format}'."
    variance = _checked(variance, encoded_format, refusal)
    height, width = _sizes(image_shape)

    def decoded(anchor, delta):
        anchor = convert_format(anchor, anchor_format, encoded_format, height, width)
        if variance is not None:
            delta = delta * variance
        places = delta[..., :2] * anchor[..., 2:] + anchor[..., :2]
        box = ops.concatenate([places, ops.exp(delta[..., 2:]) * anchor[..., 2:]], axis=-1)
        return convert_format(box, encoded_format, box_format, height, width)

    if isinstance(anchors, dict) and isinstance(boxes_delta, dict):
        return {level: decoded(anchor, boxes_delta[level]) for level, anchor in anchors.items()}
    return decoded(anchors, boxes_delta)


def _overlap(one, other):
    """The areas that each box of one set shares with each of the other, as corners from the top."""
    top1, left1, bottom1, right1 = ops.split(one[..., :4], 4, axis=-1)
    top2, left2, bottom2, right2 = ops.split(other[..., :4], 4, axis=-1)
    perm = [1, 0] if len(other.shape) == 2 else [0, 2, 1]
    high = ops.minimum(bottom1, ops.transpose(bottom2, perm)) - ops.maximum(top1, ops.transpose(top2, perm))
    wide = ops.minimum(right1, ops.transpose(right2, perm)) - ops.maximum(left1, ops.transpose(left2, perm))
    return ops.maximum(ops.cast(0, high.dtype), high) * ops.maximum(ops.cast(0, high.dtype), wide)


def _area(boxes):
    top, left, bottom, right = ops.split(boxes[..., :4], 4, axis=-1)
    return ops.squeeze((bottom - top) * (right - left), axis=-1)


def compute_iou(boxes1, boxes2, bounding_box_format, use_masking=False, mask_val=-1, image_shape=None):
    ranks = [len(ops.shape(boxes1)), len(ops.shape(boxes2))]
    for name, rank in zip(["boxes1", "boxes2"], ranks):
        if rank not in [2, 3]:
            raise ValueError(
                f"compute_iou() expects {name} to be batched, or to be unbatched. Received "
                f"len(boxes1.shape)={ranks[0]}, len(boxes2.shape)={ranks[1]}. Expected either len({name}.shape)=2 AND or "
                f"len({name}.shape)=3."
            )
    if "rel" in bounding_box_format and image_shape is None:
        raise ValueError(
            "When using relative bounding box formats (e.g. `rel_yxyx`) the `image_shape` argument must be provided."
            f"Received `image_shape`: {image_shape}"
        )
    height, width = _sizes(image_shape)
    boxes1 = convert_format(boxes1, bounding_box_format, "yxyx", height, width)
    boxes2 = convert_format(boxes2, bounding_box_format, "yxyx", height, width)
    shared = _overlap(boxes1, boxes2)
    area1, area2 = _area(boxes1), _area(boxes2)
    axis = 1 if len(area2.shape) == 2 else 0
    union = ops.expand_dims(area1, axis=-1) + ops.expand_dims(area2, axis=axis) - shared
    result = ops.divide(shared, union + backend.epsilon())
    if not use_masking:
        return result
    perm = [1, 0] if ranks[0] == 2 else [0, 2, 1]
    hidden1 = ops.less(ops.max(boxes1, axis=-1, keepdims=True), 0.0)
    hidden2 = ops.less(ops.max(boxes2, axis=-1, keepdims=True), 0.0)
    filling = ops.cast(mask_val, result.dtype) * ops.ones_like(result)
    return ops.where(ops.logical_or(hidden1, ops.transpose(hidden2, perm)), filling, result)


def compute_ciou(boxes1, boxes2, bounding_box_format, image_shape=None):
    if "rel" in bounding_box_format:
        raise ValueError(
            "When using relative bounding box formats (e.g. `rel_yxyx`) the `image_shape` argument must be provided."
            f"Received `image_shape`: {image_shape}"
        )
    height, width = _sizes(image_shape)
    boxes1 = convert_format(boxes1, bounding_box_format, "xyxy", height, width)
    boxes2 = convert_format(boxes2, bounding_box_format, "xyxy", height, width)
    left1, top1, right1, bottom1 = ops.split(boxes1[..., :4], 4, axis=-1)
    left2, top2, right2, bottom2 = ops.split(boxes2[..., :4], 4, axis=-1)
    little = backend.epsilon()
    wide1, high1 = right1 - left1, bottom1 - top1 + little
    wide2, high2 = right2 - left2, bottom2 - top2 + little
    shared = ops.maximum(ops.minimum(right1, right2) - ops.maximum(left1, left2), 0) * ops.maximum(
        ops.minimum(bottom1, bottom2) - ops.maximum(top1, top2), 0
    )
    union = wide1 * high1 + wide2 * high2 - shared + little
    iou = ops.squeeze(ops.divide(shared, union + little), axis=-1)
    across = ops.maximum(right1, right2) - ops.minimum(left1, left2)
    down = ops.maximum(bottom1, bottom2) - ops.minimum(top1, top2)
    diagonal = ops.squeeze(across**2 + down**2 + little, axis=-1)
    apart = ((left1 + right1) / 2 - (left2 + right2) / 2) ** 2 + ((top1 + bottom1) / 2 - (top2 + bottom2) / 2) ** 2
    turn = ops.arctan(wide2 / high2) - ops.arctan(wide1 / high1)
    ratio = ops.squeeze((4 / math.pi**2) * ops.power(turn, 2), axis=-1)
    weight = ratio / (ratio - iou + (1 + little))
    return iou - (ops.squeeze(apart, axis=-1) / diagonal + ratio * weight)
