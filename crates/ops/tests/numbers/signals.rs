//! Fourier transforms and images of other sizes, applied to small inputs.

use ops::Infer;
use ops::kernels::{fourier, image, pointwise};
use ops::spec::{Cx, Tensor, Val};
use tensor::{DType, Dim, Shape};

use crate::samples::{Sample, sample, spread};

fn part(cx: &Cx<'_>, kernel: &str, x: &Tensor) -> Infer<Tensor> {
    let mut node = cx.node(kernel, [x.into()])?;
    node.set("Tout", Some(DType::Float64));
    Ok(node.out(x.shape.clone()))
}

/// A real number that depends on both parts.
fn real(cx: &Cx<'_>, x: &Tensor) -> Infer<Tensor> {
    let (re, im) = (part(cx, "Real", x)?, part(cx, "Imag", x)?);
    pointwise::binary(cx, "AddV2", pointwise::binary(cx, "Mul", &re, &re)?, im)
}

fn complex(cx: &Cx<'_>, re: &Tensor, im: &Tensor) -> Infer<Tensor> {
    let mut node = cx.node("Complex", [re.into(), im.into()])?;
    node.set("Tout", Some(DType::Complex128));
    Ok(node.out(re.shape.clone()))
}

fn transforms() -> Vec<Sample> {
    let mut out = Vec::new();
    let shape = [2, 2, 3];
    let pair = || vec![spread(&shape, -1.0, 1.0), spread(&shape, -0.7, 1.2)];
    for kernel in ["FFT", "FFT2D", "FFT3D", "IFFT", "IFFT2D", "IFFT3D"] {
        out.push(sample(kernel, pair(), move |cx, x| {
            real(cx, &fourier::transform(cx, kernel, Val::T(complex(cx, &x[0], &x[1])?))?)
        }));
    }
    // Cut, whole, and filled up; of even and odd lengths.
    for length in [2, 3, 4, 5] {
        out.push(sample("RFFT", vec![spread(&shape, -1.0, 1.0)], move |cx, x| {
            real(cx, &fourier::real(cx, "RFFT", &x[0], &[Dim::Known(length)])?)
        }));
        out.push(sample("IRFFT", pair(), move |cx, x| {
            fourier::real(cx, "IRFFT", &complex(cx, &x[0], &x[1])?, &[Dim::Known(length)])
        }));
        let both = [Dim::Known(2), Dim::Known(length)];
        out.push(sample("RFFT2D", vec![spread(&shape, -1.0, 1.0)], move |cx, x| {
            real(cx, &fourier::real(cx, "RFFT2D", &x[0], &both)?)
        }));
        out.push(sample("IRFFT2D", pair(), move |cx, x| {
            fourier::real(cx, "IRFFT2D", &complex(cx, &x[0], &x[1])?, &both)
        }));
    }
    out
}

fn size() -> Val {
    Val::T(Tensor::vector(&[5, 2]))
}

fn resized() -> Vec<Sample> {
    let single = |name: &str, apply: fn(&Cx<'_>, Val) -> Infer<Tensor>| {
        let made = move |cx: &Cx<'_>, x: &[Tensor]| {
            let x = pointwise::cast(cx, &x[0], Some(DType::Float32))?;
            pointwise::cast(cx, apply(cx, Val::T(x))?, Some(DType::Float64))
        };
        Sample { single: true, ..sample(name, vec![spread(&[1, 3, 4, 2], -1.0, 1.0)], made) }
    };
    vec![
        single("ResizeBilinear", |cx, x| image::resize(cx, "ResizeBilinear", x, size())),
        single("ResizeBicubic", |cx, x| image::resize(cx, "ResizeBicubic", x, size())),
        single("ResizeNearestNeighbor", |cx, x| image::resize(cx, "ResizeNearestNeighbor", x, size())),
        single("ScaleAndTranslate", |cx, x| image::scale_and_translate(cx, x, size(), "lanczos3", true)),
        // By whole pixels, where warping back is what the gradient is.
        single("ImageProjectiveTransformV3", |cx, x| {
            let moved = vec![1.0, 0.0, -1.0, 0.0, 1.0, 0.0, 0.0, 0.0];
            let transform = Val::T(Tensor::floats(vec![1, 8], DType::Float32, moved));
            let fill = Val::T(Tensor::floats(Vec::new(), DType::Float32, vec![0.0]));
            let size = Val::T(Tensor::vector(&[3, 4]));
            let mut node = cx.node("ImageProjectiveTransformV3", [x, transform, size, fill])?;
            node.with("fill_mode", "constant");
            node.with("interpolation", "bilinear");
            Ok(node.out(Shape::known(&[1, 3, 4, 2])))
        }),
        single("LRN", |cx, x| {
            let mut node = cx.node("LRN", [x])?;
            node.with("depth_radius", 1_i64);
            node.with("alpha", 0.5);
            node.with("beta", 0.75);
            Ok(node.out(Shape::known(&[1, 3, 4, 2])))
        }),
        // The boxes are where a step leaves every pixel between the same neighbours.
        Sample {
            single: true,
            ..sample(
                "CropAndResize",
                vec![spread(&[1, 4, 5, 2], -1.0, 1.0), (vec![1, 4], vec![0.11, 0.13, 0.84, 0.89])],
                |cx, x| {
                    let [x, boxes] = [0, 1].map(|at| pointwise::cast(cx, &x[at], Some(DType::Float32)));
                    let first = Val::T(Tensor::ints(vec![1], DType::Int32, vec![0]));
                    let crops =
                        image::crop_and_resize(cx, Val::T(x?), Val::T(boxes?), first, size(), (false, 0.0))?;
                    pointwise::cast(cx, crops, Some(DType::Float64))
                },
            )
        },
    ]
}

/// A pixel of each order of its channels.
fn colours() -> Sample {
    let pixels = [
        [0.9, 0.5, 0.2],
        [0.9, 0.2, 0.5],
        [0.5, 0.9, 0.2],
        [0.2, 0.9, 0.5],
        [0.5, 0.2, 0.9],
        [0.2, 0.5, 0.9],
    ];
    let values = pixels.iter().flatten().copied().collect();
    Sample {
        single: true,
        ..sample("RGBToHSV", vec![(vec![6, 3], values)], |cx, x| {
            let x = pointwise::cast(cx, &x[0], Some(DType::Float32))?;
            pointwise::cast(cx, image::colours(cx, "RGBToHSV", Val::T(x))?, Some(DType::Float64))
        })
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    transforms().into_iter().chain(resized()).chain([colours()]).collect()
}
