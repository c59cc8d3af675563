/** A kind that could not be loaded: its promise rejects. */
export default Promise.reject(new Error('no key'));
