def scalar_repr(x): return "np.%s(%r)"%(x.dtype.name,x.item())
def scalar_str(x): return str(x.item())
def array_repr(a,*k): return "array(%r)"%(a.tolist(),)
array_str=array_repr
